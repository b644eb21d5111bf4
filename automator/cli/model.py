"""`automator models list`, `automator models rollback`: the models learnt from your corrections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from automator.cli.context import ConfigOption, JsonOption, fail, load, print_json, print_row
from automator.errors import PermanentError
from automator.words import Words

if TYPE_CHECKING:
    from automator.config import Config
    from automator.jobs.shelf import Learnt, Shelf

models_app = typer.Typer(no_args_is_help=True, help="The models learnt from your corrections.")


@models_app.command("list")
def list_(ctx: typer.Context, json: JsonOption = False, config: ConfigOption = None) -> None:
    """List the learnt models; number 0 is the shipped one."""
    settings = load(ctx, config)
    words, shelf = Words(settings.locale), _shelf(settings)
    current = shelf.current()
    rows = [(0, "", "older" if current else "in force")]
    rows += [(m.number, m.path.name, _state(m, current)) for m in shelf.learnt()]
    said = {"in force": words.t("in force"), "older": words.t("older"), "aside": words.t("set aside")}
    for number, name, state in rows:
        if json:
            print_json({"number": number, "model": name or None, "state": state.replace(" ", "_")})
        else:
            print_row(f"{number:>4}  {said[state]:12}  {name or words.t('the shipped model')}")


@models_app.command("rollback")
def rollback(
    ctx: typer.Context,
    number: Annotated[
        int | None, typer.Argument(metavar="[N]", help="Back to this model; 0 = the shipped one.", min=0)
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Go back to the model before the one in force, or to model N. The service takes it up at its next pass."""
    settings = load(ctx, config)
    words = Words(settings.locale)
    try:
        now = _shelf(settings).roll_back(number)
    except PermanentError as error:
        fail(words.t(str(error)))
    name = now.path.name if now else words.t("the shipped model")
    typer.echo(words.t("in force now: {model}. The ones after it are set aside for good.", model=name))


def _shelf(config: Config) -> Shelf:
    from automator.jobs.shelf import Shelf

    return Shelf(config.state_dir / "models")


def _state(model: Learnt, current: Learnt | None) -> str:
    if model.aside:
        return "aside"
    return "in force" if current is not None and model.path == current.path else "older"
