import { Button } from "../../parts/button.tsx";
import styles from "./request.module.css";
import type { Savedness } from "./use-draft.ts";

const WORDS: Readonly<Record<Savedness, string>> = {
  saved: "Saved. You can go on from any browser.",
  unsaved: "Saved when you pause.",
  saving: "Saving…",
  failed: "Not saved. What you typed is kept on this device.",
  conflict: "Not saved: choose above which values are to stay.",
  unopened: "Kept on this device until you go on.",
  onDevice: "A proposal has no draft: it is kept on this device until you propose it.",
};

interface RequestFootProps {
  savedness: Savedness;
  /** The act that leads on. */
  forward: string;
  isBusy: boolean;
  whyNot: string | undefined;
  onForward: () => void;
  /** What saving means here; none where nothing can be saved. */
  save?: { readonly words: string; readonly onSave: () => void } | undefined;
}

/** What can be done with the form, always in view, and whether anything typed could still be lost. */
export function RequestFoot({ savedness, forward, isBusy, whyNot, onForward, save }: RequestFootProps) {
  return (
    <footer className={styles.foot}>
      <Button look="primary" isBusy={isBusy} whyNot={whyNot} onClick={onForward}>
        {forward}
      </Button>
      {save !== undefined && (
        <Button isBusy={savedness === "saving"} whyNot={savedness === "saved" ? "Everything is saved." : whyNot} onClick={save.onSave}>
          {save.words}
        </Button>
      )}
      <p role="status">{WORDS[savedness]}</p>
    </footer>
  );
}
