"""The box one writes in."""

import asyncio

from hfterm.dashboard.widgets.prompt import Prompt
from support.dash import Clock, dashboard, lines_of, terminal, until


def test_its_frame_is_ascii_where_the_terminal_is() -> None:
    async def test() -> None:
        from hfterm.dashboard.sources import pretend

        term = terminal(glyphs="ascii")
        async with dashboard((80, 24), sources=pretend(Clock()), screen="chat", term=term) as (app, pilot):
            prompt = app.screen.query_one(Prompt)
            await until(pilot, lambda: app.screen.view is not None)
            for focused in (True, False):
                app.screen.set_focus(prompt if focused else None)
                await until(pilot, lambda focused=focused: prompt.has_focus is focused)
                await pilot.pause()
                box = lines_of(app)[prompt.region.y : prompt.region.bottom]
                assert box[0].startswith("+- Write ---") and box[-1].endswith("-+") and "".join(box).isascii()

    asyncio.run(test())
