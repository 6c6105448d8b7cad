"""How far text stands out from its ground: the contrast ratio of WCAG 2.2, 1.4.3."""

from __future__ import annotations

__all__ = ["LEAST_CONTRAST", "WORST_CONTRAST"]

LEAST_CONTRAST = 4.5

WORST_CONTRAST = """() => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map((v) => v / 255)
      .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (node) => {
    for (; node; node = node.parentElement) {
      const colour = getComputedStyle(node).backgroundColor;
      if (!/, 0\\)$/.test(colour)) return colour;
    }
    return matchMedia("(prefers-color-scheme: dark)").matches ? "rgb(18, 18, 18)" : "rgb(255, 255, 255)";
  };
  const worst = [...document.querySelectorAll("body *")]
    .filter((node) => !["STYLE", "SCRIPT", "NOSCRIPT", "OPTION", "TITLE", "DESC"].includes(node.tagName.toUpperCase()))
    .filter((node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim()))
    .map((node) => {
      const style = getComputedStyle(node);
      const ink = node instanceof SVGElement ? style.fill : style.color;
      const [a, b] = [light(ink), light(ground(node))].sort((one, other) => other - one);
      return { ratio: (a + 0.05) / (b + 0.05), text: node.textContent.slice(0, 60), tag: node.tagName };
    })
    .sort((one, other) => one.ratio - other.ratio);
  return worst[0];
}"""
"""The text that stands out least, and by how much."""
