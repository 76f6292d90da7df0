import { useEffect, useState } from "react";

const PAUSE_MS = 500;

/** What is typed, as it stands whenever its writer pauses. */
export function usePaused<T>(value: T): T {
  const [paused, setPaused] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return paused;
}
