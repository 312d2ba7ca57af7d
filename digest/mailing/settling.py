"""Which edition a mailing is: a new one, an open one to be resumed, or one that must be refused.

An edition is frozen at its first real send; from then on its name stands for those bytes. What was prepared
just now is held against what is frozen: the same articles resume it, changed ones are refused unless the
change is accepted, and an open edition to the same list that says half of the same is taken for the same one,
mended. Pure but for the store it asks.
"""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from digest.composing import load
from digest.errors import ChangedEditionError, InvalidInputError
from digest.mailing.preparing import Prepared, edition_text
from digest.model import Edition, Letter, Sender
from digest.shapes import edition_from_json, edition_to_json
from digest.shingles import SAME_TEXT, containment, shingles
from digest.store import FrozenEdition

if TYPE_CHECKING:
    from digest.store import EditionSummary, Store

__all__ = ["Asked", "Settled", "resume", "settle"]

_ALL_WAYS_ON = (
    "--accept-change finishes it with the new text, --edition NAME begins another edition "
    "(and mails everyone on the list)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the user said about the edition: its name, a subject, whom it is for, whether a change is meant.

    ``again``: whoever named the edition may mean articles that another edition has mailed.
    """

    edition: str | None = None
    again: bool = False
    subject: str | None = None
    accept_change: bool = False
    where: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """An edition ready to be delivered.

    ``where`` is the condition that subscribers must meet, as it was written. ``freeze`` is what has to be
    frozen before the first letter leaves (None: it stands already, or this is a rehearsal); ``replaces`` tells
    that it takes the place of an earlier text, ``again`` that its ``entries`` may belong to another edition.
    ``changed`` names what differs from the frozen edition but matters only while somebody is owed it.
    """

    edition: Edition
    letter: Letter
    scope: str
    list_name: str
    resumed: bool = False
    freeze: FrozenEdition | None = None
    replaces: bool = False
    entries: tuple[str, ...] = ()
    again: bool = False
    changed: str = ""
    where: str | None = None
    notes: tuple[str, ...] = ()


def settle(store: Store, prepared: Prepared, *, scope: str, list_name: str, asked: Asked) -> Settled:
    """Settle which edition this is. ``scope`` is empty for a real mailing.

    Raises:
        ChangedEditionError: an open edition's text was changed and the change is not accepted.
        InvalidInputError: some of its articles were mailed before, and it was not named.
    """
    found = _settled(store, prepared, scope=scope, list_name=list_name, asked=asked)
    if found.scope or found.where == asked.where:
        return replace(found, where=asked.where)
    return _for_others(store, found, asked.where)


def _settled(store: Store, prepared: Prepared, *, scope: str, list_name: str, asked: Asked) -> Settled:
    if scope:
        return _rehearsal(prepared, scope, list_name)
    frozen = store.edition(prepared.edition.id)
    if frozen is not None:
        return _held_against(frozen, prepared, list_name, asked)
    open_ones = [edition for edition in store.editions(only_open=True) if list_name in edition.lists]
    mended = None if asked.edition else _same_story(store, prepared, open_ones)
    if mended is not None:
        if not asked.accept_change:
            raise ChangedEditionError(
                f"half of this text stands in the open edition '{mended.id}' to the same list",
                where=list_name,
                hint=_ALL_WAYS_ON,
            )
        return _taking_the_place(mended.id, prepared, list_name, asked.where)
    if not asked.again:
        _refuse_mailed(store, prepared, list_name)
    notes = tuple(f"edition '{edition.id}' is still open" for edition in open_ones)
    return Settled(
        edition=prepared.edition,
        letter=load(prepared.letter),
        scope="",
        list_name=list_name,
        freeze=_frozen(prepared, list_name, where=asked.where),
        entries=prepared.entries,
        again=asked.again,
        where=asked.where,
        notes=notes,
    )


def _refuse_mailed(store: Store, prepared: Prepared, list_name: str) -> None:
    """An article enters no second edition by itself: of a feed that went on, only what is new is wanted."""
    mailed = store.holding(prepared.entries)
    if mailed:
        count, total = len(mailed), len(prepared.entries)
        raise InvalidInputError(
            f"{count} of {total} articles {'was' if count == 1 else 'were'} mailed before, "
            f"in edition '{next(iter(mailed.values()))}'",
            where=list_name,
            hint="`digest run` mails what is new in [[sources]]; --edition NAME begins an edition with all of them",
        )


def resume(frozen: FrozenEdition, *, list_name: str, notes: tuple[str, ...] = ()) -> Settled:
    """Go on with a frozen edition as it stands; no source is read."""
    return Settled(
        edition=_edition(frozen),
        letter=load(frozen.letter),
        scope="",
        list_name=list_name,
        resumed=True,
        where=json.loads(frozen.content).get("where"),
        notes=notes,
    )


def _for_others(store: Store, settled: Settled, where: str | None) -> Settled:
    """Go on with a frozen edition for other people: kept with it, so that `digest run` mails the same ones."""
    frozen = store.edition(settled.edition.id)
    if frozen is None or settled.freeze is not None:
        return replace(settled, where=where)
    content = json.dumps({**json.loads(frozen.content), "where": where}, ensure_ascii=False)
    return replace(settled, where=where, freeze=replace(frozen, content=content), replaces=True)


def shown_sender(sender: Sender) -> str:
    """Write a sender the way a mail program shows it."""
    return f"{sender.name} <{sender.address}>" if sender.name else sender.address


def _rehearsal(prepared: Prepared, scope: str, list_name: str) -> Settled:
    # Another text or theme is another rehearsal: an editor who mends the letter wants to see it again.
    told = hashlib.blake2b(prepared.letter, digest_size=6).hexdigest()
    return Settled(
        edition=prepared.edition, letter=load(prepared.letter), scope=f"{scope}:{told}", list_name=list_name
    )


def _held_against(frozen: FrozenEdition, prepared: Prepared, list_name: str, asked: Asked) -> Settled:
    kept = json.loads(frozen.content)
    if kept["content_id"] != prepared.content_id and not asked.accept_change:
        raise ChangedEditionError(
            f"edition '{frozen.id}' was frozen with another text", where=list_name, hint=_ALL_WAYS_ON
        )
    changed = _changes(kept, frozen, prepared, asked)
    if (changed or kept["content_id"] != prepared.content_id) and asked.accept_change:
        return _taking_the_place(frozen.id, prepared, list_name, asked.where)
    return replace(resume(frozen, list_name=list_name), changed=changed)


def _changes(kept: dict[str, str], frozen: FrozenEdition, prepared: Prepared, asked: Asked) -> str:
    changes = []
    if kept["look_id"] != prepared.look_id:
        attached = "+" in kept["look_id"] + prepared.look_id
        changes.append("theme or attachments" if attached else "theme")
    if asked.subject is not None and asked.subject != frozen.subject:
        changes.append("subject")
    if prepared.edited and _edition(frozen).digests != prepared.edition.digests:
        changes.append("digest")
    return " and ".join(changes)


def changed_error(settled: Settled) -> ChangedEditionError:
    """Say that somebody is owed an edition whose look or wording was changed since it was frozen."""
    return ChangedEditionError(
        f"edition '{settled.edition.id}' is open and its {settled.changed} was changed",
        where=settled.list_name,
        hint=_ALL_WAYS_ON,
    )


def _taking_the_place(edition_id: str, prepared: Prepared, list_name: str, where: str | None) -> Settled:
    renamed = replace(prepared, edition=replace(prepared.edition, id=edition_id))
    # The Message-ID is made of edition and person: with the open edition's name a resend keeps its own.
    letter = replace(load(prepared.letter), edition=edition_id)
    return Settled(
        edition=renamed.edition,
        letter=letter,
        scope="",
        list_name=list_name,
        resumed=True,
        freeze=_frozen(renamed, list_name, where=where, letter=letter),
        replaces=True,
        entries=prepared.entries,
        where=where,
        notes=("the rest of the list gets the new text",),
    )


def _same_story(store: Store, prepared: Prepared, candidates: list[EditionSummary]) -> EditionSummary | None:
    told = shingles(edition_text(prepared.edition))
    for candidate in candidates:
        frozen = store.edition(candidate.id)
        if frozen and containment(told, shingles(edition_text(_edition(frozen)))) >= SAME_TEXT:
            return candidate
    return None


def _frozen(
    prepared: Prepared, list_name: str, *, where: str | None, letter: Letter | None = None
) -> FrozenEdition:
    from digest.composing import dump

    edition = prepared.edition
    kept = {
        "edition": edition_to_json(edition),
        "content_id": prepared.content_id,
        "look_id": prepared.look_id,
        "where": where,
    }
    return FrozenEdition(
        id=edition.id,
        subject=edition.subject,
        theme=edition.theme,
        content=json.dumps(kept, ensure_ascii=False),
        letter=prepared.letter if letter is None else dump(letter),
        created=time.time(),
        list_name=list_name,
    )


def _edition(frozen: FrozenEdition) -> Edition:
    return edition_from_json(json.loads(frozen.content)["edition"], f"edition {frozen.id}")
