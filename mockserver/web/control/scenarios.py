"""The scenarios that are loaded, and where they stand."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mockserver.core.selection import QUESTIONS
from mockserver.core.story import Story
from mockserver.web.control.reading import sandbox_of


async def scenarios(request: Request) -> JSONResponse:
    stories = sandbox_of(request).store.world.stories
    asked_for = (story for name, story in stories.named.items() if "/" not in name)
    listed = [described(story) for story in asked_for]
    return JSONResponse({"default": stories.default, "scenarios": listed})


def described(story: Story) -> dict[str, Any]:
    """`speaks_to` are the questions that it answers: api, phones, webhooks."""
    place, line, _ = story.place.rsplit(":", 2)
    return {
        "name": story.name,
        "file": "bundled" if story.bundled else place,
        "line": int(line),
        "speaks_to": [question for question, speaks in QUESTIONS.items() if speaks(story)],
        "matches": story.match is not None,
    }


ROUTES = (Route("/scenarios", scenarios),)
