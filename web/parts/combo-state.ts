/** What a combo does with keys and typing: what fits, which of it is at hand, and what is chosen. */
import { type KeyboardEvent, type ReactNode, useState } from "react";

export interface Choice {
  readonly id: string;
  readonly name: string;
  readonly detail?: ReactNode;
}

export interface ComboGiven {
  choices: readonly Choice[];
  /** Id of the choice, or "" when there is none. */
  value: string;
  onChange: (id: string) => void;
  /** Told what is typed, where the caller searches; without it the choices given are searched here. */
  onType?: (typed: string) => void;
}

export interface ComboState {
  /** What stands in the input. */
  readonly text: string;
  readonly isOpen: boolean;
  readonly fitting: readonly Choice[];
  /** Which of them Enter would choose; -1: none. */
  readonly at: number;
  readonly type: (text: string) => void;
  readonly choose: (choice: Choice) => void;
  readonly open: () => void;
  readonly close: () => void;
  readonly onKey: (event: KeyboardEvent) => void;
}

export function useCombo({ choices, value, onChange, onType }: ComboGiven): ComboState {
  // Nothing typed: what is chosen is shown.
  const [typed, setTyped] = useState<string>();
  const [isOpen, setOpen] = useState(false);
  const [atId, setAtId] = useState<string>();
  const fitting = typed === undefined || onType !== undefined ? choices : choices.filter(({ name }) => holds(name, typed));
  const at = fitting.findIndex(({ id }) => id === atId);
  const close = () => {
    setOpen(false);
    setAtId(undefined);
    if (typed !== undefined) onType?.("");
    setTyped(undefined);
  };
  const choose = (choice: Choice) => {
    onChange(choice.id);
    close();
  };
  const type = (text: string) => {
    setTyped(text);
    setOpen(true);
    setAtId(undefined);
    onType?.(text);
    if (text === "" && value !== "") onChange("");
  };
  const move = (step: number) => {
    setOpen(true);
    setAtId(fitting[isOpen ? next(at, step, fitting.length) : first(fitting, value, step)]?.id);
  };
  const onKey = (event: KeyboardEvent) => {
    const chosen = isOpen ? fitting[at] : undefined;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Tab" && chosen !== undefined) choose(chosen);
    if (step !== undefined) move(step);
    else if (!isOpen || (event.key !== "Enter" && event.key !== "Escape")) return;
    else if (event.key === "Enter" && chosen !== undefined) choose(chosen);
    else close();
    // Enter would send the form, Escape close the dialog around it.
    event.preventDefault();
  };
  const text = typed ?? choices.find(({ id }) => id === value)?.name ?? "";
  return { text, isOpen, fitting, at, type, choose, open: () => setOpen(true), close, onKey };
}

/** Round the ends; from nowhere to the first or the last. */
function next(at: number, step: number, count: number): number {
  return at < 0 && step < 0 ? count - 1 : (at + step + count) % Math.max(1, count);
}

/** Where a list opens: at what is chosen already, else at the end one came from. */
function first(choices: readonly Choice[], value: string, step: number): number {
  const chosen = choices.findIndex(({ id }) => id === value);
  return chosen >= 0 ? chosen : next(-1, step, choices.length);
}

function holds(name: string, typed: string): boolean {
  return name.toLowerCase().includes(typed.trim().toLowerCase());
}
