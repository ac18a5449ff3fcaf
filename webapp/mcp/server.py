"""The MCP server, apart from how messages reach it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import anyio.to_thread
import mcp_types as types
from jsonschema import Draft202012Validator
from mcp.server.lowlevel import Server

from kg.errors import IhubError
from webapp.mcp.inside import Inside
from webapp.mcp.tools import TOOLS

if TYPE_CHECKING:
    from flask import Flask
    from mcp.server.context import ServerRequestContext

    from webapp.mcp.tools import ToolSpec

__all__ = ["mcp_server"]

_INSTRUCTIONS: Final = (
    "Learning scenarios for schools as a knowledge graph, in several languages. Start with search_scenarios; use "
    "list_concepts for the values of its filters, get_entity to read a hit, and run_sparql for questions that count or "
    "compare. Every scenario names its licence and whether it is original, adapted or synthetic: pass both on. "
    "Synthetic ones have not been tried in a classroom."
)
_LOCAL: Final = "127.0.0.1"


def mcp_server(app: Flask) -> Server[Any]:
    """Return the server whose tools ask ``app``."""
    listed = types.ListToolsResult(tools=[_tool(spec) for spec in TOOLS])
    specs = {spec.name: (spec, Draft202012Validator(spec.input_schema)) for spec in TOOLS}

    async def list_tools(_context: ServerRequestContext[Any], _params: object) -> types.ListToolsResult:
        return listed

    async def call_tool(
        context: ServerRequestContext[Any], params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        if params.name not in specs:
            return _failed(f"there is no tool {params.name[:80]!r}; there are {', '.join(specs)}")
        spec, validator = specs[params.name]
        arguments = params.arguments or {}
        wrong = next(iter(validator.iter_errors(arguments)), None)
        if wrong:
            where = "/".join(map(str, wrong.absolute_path)) or "arguments"
            return _failed(f"{where}: {wrong.message[:300]}")
        client = context.request.client.host if context.request is not None and context.request.client else _LOCAL
        try:
            text = await anyio.to_thread.run_sync(spec.run, Inside(app, client), arguments)
        except IhubError as error:
            hint = f" ({error.hint})" if error.hint else ""
            return _failed(f"{f'{error.field} ' if error.field else ''}{error.cause}{hint}")
        return types.CallToolResult(content=[types.TextContent(type="text", text=text)])

    return Server(
        "ihub",
        title="ihub learning scenarios",
        version="1",
        instructions=_INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def _tool(spec: ToolSpec) -> types.Tool:
    hints = types.ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
    return types.Tool(
        name=spec.name,
        title=spec.title,
        description=spec.description,
        input_schema=spec.input_schema,
        annotations=hints,
    )


def _failed(text: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text=text)], is_error=True)
