/** Keeps what is typed on this device until it is saved: a closed tab, a crash or a lost network loses nothing. */
import { useEffect, useState } from "react";

const PREFIX = "postern.typed.";

/** State that survives a reload under a key, until {@link forget} is called. `wasKept` tells that it came from before. */
export function useKept<T extends object>(key: string, initial: T) {
  const [kept] = useState(() => readKept<T>(key));
  const [value, setValue] = useState<T>(() => ({ ...initial, ...kept }));
  const [isDirty, setDirty] = useState(kept !== undefined);
  useEffect(() => {
    if (isDirty) sessionStorage.setItem(PREFIX + key, JSON.stringify(value));
  }, [key, value, isDirty]);
  const change = (part: Partial<T>) => {
    setDirty(true);
    setValue((before) => ({ ...before, ...part }));
  };
  const forget = () => {
    setDirty(false);
    sessionStorage.removeItem(PREFIX + key);
  };
  const restart = () => {
    forget();
    setValue(initial);
  };
  return { value, change, forget, restart, isDirty, wasKept: kept !== undefined };
}

function readKept<T>(key: string): Partial<T> | undefined {
  try {
    const text = sessionStorage.getItem(PREFIX + key);
    return text === null ? undefined : (JSON.parse(text) as Partial<T>);
  } catch {
    return undefined;
  }
}
