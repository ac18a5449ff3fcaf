"""SPARQL 1.1 queries over one release, in killable processes (docs/sparql.md).

``client.SparqlService`` asks, ``launcher.start_zygote`` starts what answers, ``limits.Limits`` bounds both,
``messages.QueryRequest`` and ``Answer`` pass between them, ``errors`` says why there is no answer. Nothing is imported
here, so that the zygote carries none of the web side.
"""
