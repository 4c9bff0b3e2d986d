"""``/v1/modules``: training modules, as they were made in the studio, and their files."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from server.access import Asker, asker
from server.description import answers
from server.replies import filed, tagged
from server.serving import worked
from training import module_store
from ui.components.i18n import strings
from ui.export.training_modules.module_formats import MODULE_FORMATS, ModuleFormat, export_module, file_name

router = APIRouter(tags=["training"])
Module = Annotated[str, Path(max_length=64)]


@router.get("/v1/modules", summary="List modules", **answers("modules", 429))
async def listed(request: Request, who: Annotated[Asker, Depends(asker)]) -> Response:
    """The modules that whoever asks may use: their own and those that are shared, the last changed first."""

    def found() -> dict[str, Any]:
        rows = module_store.listed(who.base)
        return {"modules": [{"id": one.id, "title": one.title, "created": one.created, "changed": one.changed} for one in rows]}

    return tagged(request, await worked(request, found))


@router.get("/v1/modules/{module}", summary="Read a module", **answers("module", 404, 429))
async def read(request: Request, module: Module, who: Annotated[Asker, Depends(asker)]) -> Response:
    """A module with all its parts, each line with its status and citations, held against the papers anew."""
    return tagged(request, await worked(request, lambda: module_store.as_shown(module_store.load(who.base, module))))


@router.get("/v1/modules/{module}/file", summary="Export a module", **answers("file", 404, 429))
async def export(
    request: Request,
    module: Module,
    who: Annotated[Asker, Depends(asker)],
    into: Annotated[ModuleFormat, Query(alias="format", description="The kind of file")] = "docx",
) -> Response:
    """A module as a file: slides, a document, or a quiz that learning platforms import."""

    def found() -> tuple[bytes, str]:
        loaded = module_store.load(who.base, module)
        who.base.recorded("exported", f"the module {loaded.title} as {into}")
        words, address = strings(loaded.language), who.base.settings.address
        return export_module(who.base, loaded, into, words, today=date.today(), address=address), file_name(loaded, into)

    data, name = await worked(request, found)
    return filed(request, data, MODULE_FORMATS[into].mime, name)
