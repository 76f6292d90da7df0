/** Keeps what is typed on this device until it is saved: a closed tab, a crash or a lost network loses nothing. */
import { useEffect, useState } from "react";

import { nameHere } from "../../instance.ts";
import { useSession } from "../../session.tsx";

const PREFIX = `${nameHere("postern.typed")}.`;
const prefixOf = (person: string): string => `${PREFIX}${person}.`;

/** Forgets what was typed in this window by anybody but `person`; by anybody at all where nobody is named. */
export function forgetTyped(person?: string): void {
  const names = Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX));
  for (const name of names) if (person === undefined || !name.startsWith(prefixOf(person))) sessionStorage.removeItem(name);
}

/**
 * State that survives a reload under a key, until {@link forget} is called. `wasKept` tells that it came from before. It is kept for
 * whoever was signed in when it began.
 */
export function useKept<T extends object>(key: string, initial: T) {
  const { person } = useSession();
  const [name, setName] = useState(() => prefixOf(person.id) + key);
  const [kept] = useState(() => readKept<T>(name));
  const [value, setValue] = useState<T>(() => ({ ...initial, ...kept }));
  const [isDirty, setDirty] = useState(kept !== undefined);
  useEffect(() => {
    if (isDirty) sessionStorage.setItem(name, JSON.stringify(value));
  }, [name, value, isDirty]);
  const change = (part: Partial<T>) => {
    setDirty(true);
    setValue((before) => ({ ...before, ...part }));
  };
  const forget = () => {
    setDirty(false);
    sessionStorage.removeItem(name);
  };
  /** Whoever goes on typing while the next form is on its way finds it there. */
  const keepAs = (next: string) => {
    sessionStorage.removeItem(name);
    setName(prefixOf(person.id) + next);
  };
  return { value, change, forget, keepAs, wasKept: kept !== undefined };
}

function readKept<T>(name: string): Partial<T> | undefined {
  try {
    const text = sessionStorage.getItem(name);
    return text === null ? undefined : (JSON.parse(text) as Partial<T>);
  } catch {
    return undefined;
  }
}
