"""Files that tell common web servers and hosts the media types, and to which document an IRI leads by Accept."""

from __future__ import annotations

from typing import Final

from kg.media_types import RDF_MEDIA_TYPES

__all__ = ["SERVER_FILES"]


def _htaccess() -> str:
    types = [f"AddType {row.media_type} .{row.suffix}" for row in RDF_MEDIA_TYPES]
    rules = [
        line
        for row in RDF_MEDIA_TYPES
        for line in (
            f'RewriteCond %{{HTTP_ACCEPT}} "{row.media_type.replace("+", "[+]")}"',
            f"RewriteRule ^id/(.+?)/?$ doc/$1.{row.suffix} [R=303,L,NE]",
        )
    ]
    return "\n".join(
        [
            "# Apache: media types, and IRIs that lead to the document that is asked for.",
            *types,
            "AddEncoding gzip .gz",
            "RewriteEngine On",
            *rules,
            "RewriteRule ^id/(.+?)/?$ doc/$1/ [R=303,L,NE]",
            "",
        ]
    )


def _headers() -> str:
    allowed = "Access-Control-Allow-Origin: *"
    rules = [f"/*.{row.suffix}\n  Content-Type: {row.media_type}\n  {allowed}" for row in RDF_MEDIA_TYPES]
    return "\n".join(["# Netlify, Cloudflare Pages: media types.", *rules, ""])


SERVER_FILES: Final = {
    ".htaccess": _htaccess(),
    "_redirects": "# Netlify, Cloudflare Pages: IRIs lead to pages.\n/id/* /doc/:splat/ 303\n",
    "_headers": _headers(),
    ".nojekyll": "",
}
"""Their names and contents."""
