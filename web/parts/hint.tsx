import { type PointerEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";

import styles from "./hint.module.css";

const GAP = 6;
const EDGE = 8;

/**
 * Words beside what they explain, on hover, focus and touch; Escape puts them away. They lie above everything, so that nothing cuts
 * them off, and always within the window. `children` is given the id that describes it.
 */
export function Hint({ words, children }: { words: ReactNode; children: (id: string) => ReactNode }) {
  const id = useId();
  const place = useRef<HTMLSpanElement>(null);
  const bubble = useRef<HTMLSpanElement>(null);
  const isPressed = useRef(false);
  const [isShown, setShown] = useState(false);
  const hide = () => setShown(false);
  useEffect(() => {
    if (isShown) return showBeside(place.current!, bubble.current!, () => setShown(false));
    return undefined;
  }, [isShown]);
  return (
    <span
      ref={place}
      className={styles.place}
      onPointerEnter={(event) => setShown(isShown || hovers(event))}
      onPointerLeave={(event) => hovers(event) && hide()}
      onPointerDown={() => (isPressed.current = true)}
      // What was pressed with a pointer has the words beside it already, and is left with it.
      onFocus={() => !isPressed.current && setShown(true)}
      onBlur={hide}
      onClick={() => {
        isPressed.current = false;
        setShown(true);
      }}
    >
      {children(id)}
      <span ref={bubble} popover="manual" role="tooltip" id={id} className={styles.bubble}>
        {words}
      </span>
    </span>
  );
}

function hovers({ pointerType }: PointerEvent): boolean {
  return pointerType !== "touch";
}

/** Shows it and keeps it beside its place until the function returned is called. */
function showBeside(place: HTMLElement, bubble: HTMLElement, hide: () => void): () => void {
  bubble.showPopover();
  lay(place, bubble);
  const listening = new AbortController();
  const { signal } = listening;
  const follow = () => lay(place, bubble);
  addEventListener("scroll", follow, { capture: true, passive: true, signal });
  addEventListener("resize", follow, { signal });
  addEventListener("pointerdown", (event) => !place.contains(event.target as Node) && hide(), { capture: true, signal });
  addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape") return;
      // A dialog around it stays: one Escape puts one thing away.
      event.preventDefault();
      event.stopPropagation();
      hide();
    },
    { capture: true, signal },
  );
  return () => {
    listening.abort();
    if (bubble.isConnected) bubble.hidePopover();
  };
}

/** Below and flush where there is room, else above and as far along as it takes. */
function lay(place: HTMLElement, bubble: HTMLElement): void {
  const at = place.getBoundingClientRect();
  const { width, height } = bubble.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const below = at.bottom + GAP;
  const isRoomBelow = below + height + EDGE <= clientHeight;
  bubble.style.top = `${isRoomBelow ? below : Math.max(EDGE, at.top - GAP - height)}px`;
  bubble.style.left = `${Math.max(EDGE, Math.min(at.left, clientWidth - EDGE - width))}px`;
}
