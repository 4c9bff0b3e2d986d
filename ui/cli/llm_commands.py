"""``setu llm``: the language model that writes answers, tried out, kept and switched off, as on the page of administration."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ui.cli.output import one_line, plain_errors

if TYPE_CHECKING:
    from pydantic import SecretStr

    from kb.generate.model_trial import Sentence, Trial
    from kb.settings import Settings

KEY_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group()
def llm() -> None:
    r"""Try out, keep or switch off the language model that writes answers.

    The model is kept in settings.toml in SETU_HOME, its key in secrets.toml beside it, which only its owner may read. SETU_LLM and
    SETU_LLM_KEY in the environment win over both. Keys are asked for, or read from a file; they are never part of a command.

    \b
    Example:
      setu llm test ollama:gemma3
      setu llm set ollama:gemma3
      setu llm off
    """


@llm.command()
@click.argument("name", required=False)
@click.option(
    "--key-file", type=KEY_FILE, help="A file that holds the key and nothing else (default: the key that is kept for this server)."
)
@click.pass_context
def test(context: click.Context, name: str | None, key_file: Path | None) -> None:
    r"""Ask for a sentence in each language, measure the time, and say what the model is good for. No paper is sent.

    NAME is a model as in SETU_LLM; without it the one that is set. A NAME that ends after the colon or # lists the models of the server.
    Exit status 1: it gave no answer, or wrote none of the four languages.

    \b
    Example:
      setu llm test
      setu llm test http://127.0.0.1:8080/v1#
      setu llm test openai:gpt-4.1-mini --key-file key.txt
    """
    with plain_errors():
        from kb.errors import SettingsError
        from kb.generate.model_choice import is_plain, opened
        from kb.generate.model_trial import LIST_S, Length, Offer, Sentence, Trial, offer, try_out

        settings = _settings()
        wanted = name or settings.llm
        if not wanted:
            raise SettingsError("No language model is set. Name one: setu llm test ollama:gemma3")
        chat = opened(settings, wanted, _read(key_file), operator=True)
        click.echo(f"Prompts go to {one_line(chat.address)}.")
        if is_plain(chat.address):
            click.echo("This address is not encrypted and is not this machine: papers and key can be read on the way.", err=True)
        trial = Trial(settings.llm_tokens, settings.llm_seconds)
        if wanted.endswith((":", "#")):
            found = offer(chat, min(LIST_S, trial.seconds))
            click.echo(_offered(found.models, found.fault))
            context.exit(1 if found.fault else 0)
        with closing(try_out(chat, trial)) as steps:
            for step in steps:
                if isinstance(step, Offer):
                    click.echo(_offered(step.models, step.fault))
                elif isinstance(step, Sentence):
                    click.echo(_row(step))
                elif isinstance(step, Length) and step.fault:
                    click.echo(f"A prompt as long as an answer's was refused: {one_line(step.fault)}")
    click.echo(_verdict(trial))
    context.exit(0 if trial.languages and trial.broke_off is None else 1)


@llm.command("set")
@click.argument("name")
@click.option("--key-file", type=KEY_FILE, help="A file that holds the key and nothing else.")
@click.option("--no-key", is_flag=True, help="Ask for no key: the server wants none, or the one that is kept for it stays.")
def set_(name: str, key_file: Path | None, no_key: bool) -> None:
    r"""Have the model NAME write answers. Nothing is sent yet; the key is asked for, unless it is read from a file or not wanted.

    NAME is openai:NAME, anthropic:NAME, ollama:NAME, or http://host:port/v1#NAME of any server that speaks OpenAI's protocol. A chat that
    runs already takes it when it is started again.

    \b
    Example:
      setu llm set ollama:gemma3
      setu llm set anthropic:claude-sonnet-4-5 --key-file key.txt
    """
    if key_file is not None and no_key:
        raise click.UsageError("Give --key-file or --no-key, not both.")
    with plain_errors():
        from kb.generate.chat_model import model_name
        from kb.generate.model_choice import choose, fixed, opened

        settings = _settings()
        key = _read(key_file)
        asked = key is None and not no_key and not fixed(settings).key and not fixed(settings).model
        if asked and model_name(name).provider != "ollama":
            key = _asked()
        now = choose(settings, name, key, operator=True)
        address = opened(now, now.llm or name, operator=True).address
    click.echo(f"{now.llm} writes answers from now on. The question and passages that the asker may see are sent to {one_line(address)}.")
    click.echo("Try it out: setu llm test. A chat that runs already takes it when it is started again.")


@llm.command()
def off() -> None:
    r"""Ask no language model any more, and delete the key that is kept. Answers quote the papers.

    \b
    Example:
      setu llm off
    """
    with plain_errors():
        from kb.generate.model_choice import switch_off

        switch_off(_settings())
    click.echo("No language model is asked any more. A chat that runs already knows it when it is started again.")


def _settings() -> Settings:
    from kb import event_log
    from kb.settings import Settings

    settings = Settings.load()
    event_log.start(settings)
    return settings


def _read(file: Path | None) -> SecretStr | None:
    if file is None:
        return None
    from pydantic import SecretStr

    from kb.errors import SettingsError

    try:
        text = file.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        raise SettingsError(f"The file {file} is not UTF-8 text. It must hold the key and nothing else.") from None
    if not text or len(text.split()) != 1:
        raise SettingsError(f"The file {file} must hold the key and nothing else.")
    return SecretStr(text)


def _asked() -> SecretStr | None:
    """What is typed unseen; of a pipe, its first line."""
    from pydantic import SecretStr

    said = "Key (empty: none, or the one that is kept for this server)"
    typed: str = click.prompt(said, default="", hide_input=True, show_default=False, err=True)
    return SecretStr(typed) if typed.strip() else None


def _offered(models: tuple[str, ...], fault: str) -> str:
    if models:
        return f"The server offers {len(models)}: {one_line(', '.join(models))}"
    return f"The server gave no list of its models: {one_line(fault)}" if fault else "The server names no models that it offers."


def _row(one: Sentence) -> str:
    from ui.components.i18n import strings

    words = strings("en")
    sign = click.style("✓", fg="green") if one.right else click.style("✗", fg="red")
    head = f"{sign} {words(f'language.{one.language}')}"
    if not one.text:
        return f"{head}: nothing"
    found = "" if one.right else f" (found to be: {words(f'language.{one.written_in}')})"
    return f"{head}{found}: {one_line(one.text)}\n    first word after {one.first_s:.1f} s, {one.rate:.1f} tokens a second"


def _verdict(trial: Trial) -> str:
    """The same sentences as on the page."""
    from ui.components.i18n import strings
    from ui.pages.admin.model_verdict import verdict

    return "\n".join(one_line(said) for said in verdict(trial, strings("en")))
