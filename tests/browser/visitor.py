"""A person at the browser: opens pages, moves sliders by keyboard, uploads, publishes, reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from segmentation.i18n import Code, Language
from tests.browser.conftest import App

PATIENCE_MS = 120_000
LOCALES: dict[Code, str] = {"en": "en-US", "zh": "zh-CN"}


@dataclass(frozen=True)
class Visitor:
    """One browser window on one app, in one language."""

    page: Any
    app: App
    language: Language

    def say(self, message_id: str, /, **facts: Any) -> str:
        return self.language.say(message_id, **facts)

    def open(self, path: str = "") -> None:
        self.page.goto(f"{self.app.url}/{path}")
        self.page.wait_for_selector(".st-key-scheme_bar", timeout=PATIENCE_MS)
        self.settle()

    def settle(self) -> None:
        """Wait until the server has nothing left to say: asked twice, as one run may be followed by another."""
        for _ in range(2):
            self.page.wait_for_timeout(500)
            idle = "[data-testid=stApp][data-test-script-state=notRunning]"
            self.page.wait_for_selector(idle, state="attached", timeout=PATIENCE_MS)

    def go(self, label: str) -> None:
        """Choose a page in the bar on top."""
        self.page.get_by_role("link", name=label, exact=True).first.click()
        self.settle()

    def text(self) -> str:
        """What the main part of the page says."""
        return str(self.page.locator("[data-testid=stMain]").inner_text())

    def see(self, words: str) -> None:
        """Wait until the page says `words`."""
        self.page.get_by_text(words).first.wait_for(state="visible", timeout=PATIENCE_MS)

    def press(self, key: str) -> None:
        """Click the button of a widget by its key."""
        name = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in key)
        self.page.locator(f".st-key-{name} button").first.click(timeout=PATIENCE_MS)
        self.settle()

    def choose(self, key: str, label: str) -> None:
        """Click a line of a menu."""
        self.press(key)
        self.page.get_by_text(label, exact=True).last.click(timeout=PATIENCE_MS)
        self.settle()

    def download(self, key: str) -> Path:
        """The file behind a download button."""
        with self.page.expect_download() as waiting:
            self.page.locator(f".st-key-{key} button").first.click()
        return Path(waiting.value.path())

    def letters(self, chart: str) -> list[str]:
        """Every text drawn in a chart."""
        told = "all => all.map(one => one.textContent)"
        return list(self.page.locator(f".st-key-{chart} svg text").evaluate_all(told))

    def ranges(self, chart: str) -> list[tuple[float, float]]:
        """Beginning and end of every bar of a chart that begins somewhere."""
        drawn = (
            "plot => plot.data.filter(one => one.type === 'bar' && one.base).flatMap("
            "one => Array.from(one.base).map((low, place) => [low, low + one.x[place]]))"
        )
        found = self.page.locator(f".st-key-{chart} .js-plotly-plot").first.evaluate(drawn)
        return [(low, high) for low, high in found]

    def upload(self, files: Sequence[Path]) -> None:
        """Give the files to the uploader and wait until they were read."""
        self.page.locator("input[type=file]").first.set_input_files([str(file) for file in files])
        self.page.locator(".st-key-in-publish").first.wait_for(state="visible", timeout=PATIENCE_MS)
        self.settle()

    def publish(self) -> None:
        """Take the proposed answers where something is open, and publish."""
        if self.page.locator(".st-key-in-answers-use button").count():
            self.press("in.answers.use")
            # While a run replaces the page, the same block may stand there twice: ask for none of either.
            gone = "() => document.querySelector('.st-key-in-answers-use') === null"
            self.page.wait_for_function(gone, timeout=PATIENCE_MS)
            self.settle()
        self.press("in.publish")
        self.page.locator(".st-key-in-done-tiers").first.wait_for(state="visible", timeout=PATIENCE_MS)


def visit(browser: Any, app: App, code: Code, width: int = 1280, scheme: str = "light") -> Visitor:
    """A fresh window: nothing remembered from anybody."""
    context = browser.new_context(
        viewport={"width": width, "height": 1080 if width > 1500 else 800},
        locale=LOCALES[code],
        color_scheme=scheme,
    )
    context.set_default_timeout(PATIENCE_MS)
    return Visitor(context.new_page(), app, Language(code))
