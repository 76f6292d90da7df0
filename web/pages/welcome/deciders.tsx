import { Link } from "@tanstack/react-router";

import { buttonClass } from "../../parts/button.tsx";
import { Section } from "../../parts/page.tsx";
import styles from "./welcome.module.css";

/** Whoever is alone here cannot approve anything: how to bring in the others, before it is found out the hard way. */
export function Deciders() {
  return (
    <Section title="The people who decide" note="nobody decides alone, and nobody for themselves">
      <ol className={styles.steps}>
        <li>
          <strong>Name them.</strong> Add two people besides whoever asks, or give roles to people of the directory. Remote access needs one
          with IAM and one with network security.
        </li>
        <li>
          <strong>Invite them.</strong> Each gets a link that works once and makes a passkey of their own. To try it by yourself, open each
          link in another browser profile.
        </li>
        <li>
          <strong>Request.</strong> What you ask for then waits for both, under <em>My queue</em>.
        </li>
      </ol>
      <div className={styles.acts}>
        <Link to="/people" className={buttonClass()}>
          Name and invite people
        </Link>
        <Link to="/request" className={buttonClass()}>
          Request an exception
        </Link>
      </div>
    </Section>
  );
}
