import { useMutation, useQuery } from "@tanstack/react-query";
import { Outlet, useNavigate, useRouteContext } from "@tanstack/react-router";
import { useLayoutEffect, useState } from "react";

import { signOut } from "../../src/access/contract.ts";
import { getOrganisation } from "../../src/estate/contract.ts";
import { showToday } from "../../src/exceptions/contract-today.ts";
import { registerMetrics } from "../../src/exceptions/contract.ts";
import { call } from "../api.ts";
import { ConsolePalette } from "../console-palette.tsx";
import { useLiveUpdates } from "../live.ts";
import { NowProvider } from "../now.tsx";
import { Away } from "../parts/away.tsx";
import { Frame, type PlaceGroup } from "../parts/frame.tsx";
import { Menu } from "../parts/menu.tsx";
import { JOBS, pagesFor, type Waiting } from "../pages-by-job.ts";
import { Said } from "../parts/toast.tsx";
import { queries, read } from "../queries.ts";
import { useMessageFollowed } from "../message-followed.ts";
import { askAgain, useIsOutOfReach } from "../reach.ts";
import { SessionGate } from "../session-gate.tsx";
import { type Session, SessionProvider } from "../session.tsx";
import { cycleTheme, useTheme } from "../theme.ts";
import { rolesWords } from "../words.ts";
import { InventedSignature } from "./example/invented-signature.tsx";
import { forgetTyped } from "./request/kept-typing.ts";
import styles from "./signed-in.module.css";

/** Everything that needs somebody signed in: the frame, the clock, the way back in when the session ends. */
export function SignedIn() {
  const { session } = useRouteContext({ from: "/signed-in" });
  const [isSearching, setSearching] = useState(false);
  useKey("k", () => setSearching(true));
  useMessageFollowed();
  const groups = usePlaces(session);
  const isAway = useIsOutOfReach();
  useLiveUpdates();
  const organisation = useQuery({ ...read(getOrganisation, {}), staleTime: ORGANISATION_FRESH_MS });
  return (
    <SessionProvider given={session}>
      <NowProvider zone={organisation.data?.zone ?? "UTC"}>
        <Frame groups={groups} person={<Person session={session} />} onSearch={() => setSearching(true)}>
          <Outlet />
        </Frame>
        {isSearching && <ConsolePalette onClose={() => setSearching(false)} />}
        <SessionGate personId={session.person.id} />
        <InventedSignature name={session.person.name} />
        <Away isAway={isAway} onAsk={() => void askAgain()} />
      </NowProvider>
    </SessionProvider>
  );
}

/** ⌘ or Ctrl with a key, unless the browser's own dialog is open. */
function useKey(key: string, act: () => void): void {
  // As soon as the page can be seen: an effect after it is painted would lose the key of who is fast.
  useLayoutEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== key || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      act();
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  });
}

const ORGANISATION_FRESH_MS = 300_000;

function usePlaces({ roles }: Session): PlaceGroup[] {
  const { data } = useQuery(read(registerMetrics, {}));
  const today = useQuery(read(showToday, {}));
  const waiting: Record<Waiting, number> = {
    mine: today.data?.needsMe.items.length ?? 0,
    overstaying: data?.overstaying ?? 0,
    bypasses: (data?.bypasses["unregistered"] ?? 0) + (data?.bypasses["escalated"] ?? 0),
  };
  const pages = pagesFor(roles);
  return Object.entries(JOBS)
    .map(([job, title]) => ({
      title,
      places: pages
        .filter((page) => page.job === job)
        .map((page) => ({
          ...page,
          count: page.waiting && waiting[page.waiting],
          isBad: page.waiting !== "mine",
        })),
    }))
    .filter(({ places }) => places.length > 0);
}

function Person({ session }: { session: Session }) {
  const navigate = useNavigate();
  const theme = useTheme();
  const [isReading, setReading] = useState(false);
  const leaving = useMutation({
    mutationFn: () => call(signOut, {}, { asksToSignIn: false }),
    onSettled: async () => {
      queries.clear();
      await navigate({ to: "/sign-in" });
      forgetTyped();
    },
  });
  return (
    <>
      <Menu
        face={
          <span className={styles.person}>
            <span className={styles.initials} aria-hidden="true">
              {initialsOf(session.person.name)}
            </span>
            <span className={styles.words}>
              <strong>{session.person.name}</strong>
              <span>{session.roles.length === 0 ? "no role" : rolesWords(session.roles, "and")}</span>
            </span>
          </span>
        }
        choices={[
          { id: "access", words: "Your access", icon: "lock", onChoose: () => void navigate({ to: "/access" }) },
          { id: "messages", words: "Your messages", icon: "bell", onChoose: () => void navigate({ to: "/messages" }) },
          { id: "said", words: "Confirmations", icon: "list", onChoose: () => setReading(true) },
          { id: "theme", words: `Appearance: ${theme}`, icon: theme === "dark" ? "moon" : "sun", onChoose: cycleTheme },
          { id: "out", words: "Sign out", icon: "out", onChoose: () => leaving.mutate() },
        ]}
      />
      {isReading && <Said onClose={() => setReading(false)} />}
    </>
  );
}

function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  return `${words[0]?.charAt(0) ?? ""}${words.length > 1 ? (words.at(-1)?.charAt(0) ?? "") : ""}`.toUpperCase();
}
