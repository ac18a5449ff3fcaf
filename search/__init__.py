"""Finding scenarios: embedding, indexing, ranking, facets, suggestions and evaluation."""

import os

# Read by OpenMP when it is loaded, hence here. Threads that wait for work by spinning keep the processor from those
# that have some: on a busy machine queries took many times as long.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
