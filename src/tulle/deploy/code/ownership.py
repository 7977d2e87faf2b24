"""Owns whose a function or an image repository is: a stage's, by its tags, or somebody else's, which is left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tulle.errors import ForeignResource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tulle.aws.ecr import ImageRepository, Repositories
    from tulle.deploy.names import Names

__all__ = ["check_function_owner", "check_owner", "claim_repository", "owner_tags"]

_PROJECT, _STAGE = "tulle:project", "tulle:stage"


def owner_tags(names: Names) -> dict[str, str]:
    """Give the tags that say which project and stage a thing is of."""
    return {_PROJECT: names.project, _STAGE: names.stage}


def check_function_owner(names: Names, tags: Mapping[str, str]) -> None:
    """See that a stage's function is its own, by the tags that its stack gave it.

    Raises:
        ForeignResource: it is another's, or was not made by tulle.
    """
    wanted = owner_tags(names)
    if {key: tags.get(key) for key in wanted} != wanted:
        raise ForeignResource(
            f"there is a function `{names.function}` that was not deployed as the stage `{names.stage}` of "
            f"{names.project}",
            hint="take the --stage that you mean, or give the project another `name` in tulle.toml",
        )


def check_owner(repository: ImageRepository, names: Names) -> None:
    """See that a repository is the stage's own.

    Raises:
        ForeignResource: it is another's, or was not made by tulle.
    """
    tags, wanted = repository.tags, owner_tags(names)
    if {key: tags.get(key) for key in wanted} == wanted:
        return
    if project := tags.get(_PROJECT):
        raise ForeignResource(
            f"the image repository `{repository.name}` belongs to the stage `{tags.get(_STAGE)}` of "
            f"the project `{project}`",
            hint="give the project another `name` in tulle.toml, or take another --stage",
        )
    said = " ".join(f"Key={key},Value={value}" for key, value in wanted.items())
    raise ForeignResource(
        f"there is an image repository `{repository.name}` that tulle did not make",
        hint="give the project another `name` in tulle.toml, or delete the repository; if tulle shall have it, "
        f"tag it {said} (`aws ecr tag-resource`)",
    )


def claim_repository(repositories: Repositories, names: Names) -> ImageRepository:
    """Find the stage's repository, or make it.

    Raises:
        ForeignResource: one of that name is not the stage's.
        AwsError: AWS cannot be asked, or refuses.
    """
    found = repositories.find(names.repository)
    while found is None:  # another run may make it, or delete it, in between
        repositories.create(names.repository, owner_tags(names))
        found = repositories.find(names.repository)
    check_owner(found, names)
    return found
