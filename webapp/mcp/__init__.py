"""The Model Context Protocol (https://modelcontextprotocol.io/): the site's services as tools of language models."""
