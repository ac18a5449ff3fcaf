"""The whole site and its linked data as files, for any web server or object store: the site outlives its server."""
