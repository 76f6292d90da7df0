import { Link, useRouter } from "@tanstack/react-router";

import { failureFrom } from "../api.ts";
import { Button, buttonClass } from "../parts/button.tsx";
import { Failure } from "../parts/failure.tsx";
import { Threshold } from "../parts/frame.tsx";

/** No page has this address. */
export function Missing() {
  return (
    <Threshold title="There is nothing here">
      <p>The address may be old or mistyped, or it is about something you may not know of.</p>
      <Link to="/register" className={buttonClass("primary")}>
        To the register
      </Link>
    </Threshold>
  );
}

/** A page that could not be shown, with a way to try again. */
export function Broken({ error }: { error: unknown }) {
  const router = useRouter();
  return (
    <Threshold title="This page could not be shown">
      <Failure error={failureFrom(error)} />
      <Button look="primary" icon="refresh" onClick={() => void router.invalidate()}>
        Try again
      </Button>
    </Threshold>
  );
}
