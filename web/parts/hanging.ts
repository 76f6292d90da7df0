/** A list that hangs on what opened it: in the top layer, so that neither a dialog nor an edge cuts it off. */
import { type RefObject, useLayoutEffect, useRef } from "react";

const GAP = 4;
const EDGE = 8;
/** Narrower than this its words would wrap. */
const LEAST_WIDTH = 224;
const ENOUGH_ROOM = 220;

/** Hangs it below, or above where there is more room. hanging.module.css reads what is said here. */
export function hang(list: HTMLElement, on: Element): void {
  const { left, top, bottom, width } = on.getBoundingClientRect();
  const below = innerHeight - bottom;
  const isBelow = below >= ENOUGH_ROOM || below >= top;
  const wide = Math.min(Math.max(width, LEAST_WIDTH), innerWidth - 2 * EDGE);
  const placed = {
    "--hang-left": `${Math.max(EDGE, Math.min(left, innerWidth - wide - EDGE))}px`,
    "--hang-top": isBelow ? `${bottom + GAP}px` : "auto",
    "--hang-bottom": isBelow ? "auto" : `${innerHeight - top + GAP}px`,
    "--hang-width": `${wide}px`,
    "--hang-room": `${(isBelow ? below : top) - GAP - EDGE}px`,
  };
  for (const [name, value] of Object.entries(placed)) list.style.setProperty(name, value);
}

/** Shows a manual popover while it is mounted, and keeps it where it hangs when the page scrolls or changes its size. */
export function useHanging<List extends HTMLElement>(on: RefObject<Element | null>): RefObject<List | null> {
  const list = useRef<List>(null);
  useLayoutEffect(() => {
    const hung = list.current;
    const place = () => {
      if (hung !== null && on.current !== null) hang(hung, on.current);
    };
    place();
    hung?.showPopover();
    addEventListener("scroll", place, { capture: true, passive: true });
    addEventListener("resize", place);
    return () => {
      removeEventListener("scroll", place, { capture: true });
      removeEventListener("resize", place);
      hung?.hidePopover();
    };
  }, [on]);
  return list;
}
