import { Link } from "@tanstack/react-router";

import { isExample } from "../../instance.ts";
import styles from "./example.module.css";

/** Stands above every page of the example organisation, also those before one is signed in. The real instance shows nothing here. */
export function ExampleLabel() {
  if (!isExample) return null;
  return (
    <aside className={styles.label} aria-label="Example organisation">
      <strong>Example organisation: all of it is invented</strong>
      <nav aria-label="Example organisation">
        <Link to="/first-hour">First hour</Link>
        <Link to="/sign-in">Walk as another</Link>
        <a href="/">Back to the real one</a>
      </nav>
    </aside>
  );
}
