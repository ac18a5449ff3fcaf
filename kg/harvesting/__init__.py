"""What harvesters take: sets of records, feed pages, dumps and the catalogue, all made of a release and the history."""
