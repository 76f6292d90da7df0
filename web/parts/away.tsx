import { Button } from "./button.tsx";
import { Icon } from "./icon.tsx";
import styles from "./away.module.css";

/** Says that Postern does not answer, beside the page: it covers nothing that is typed or pressed, and moves nothing. */
export function Away({ isAway, onAsk }: { isAway: boolean; onAsk: () => void }) {
  return (
    <div className={styles.place} role="status">
      {isAway && (
        <div className={styles.away} data-tone="unknown">
          <p className={styles.title}>
            <Icon name="warning" />
            <strong>Postern is out of reach</strong>
          </p>
          <p>What you see may have changed. Nothing you typed is lost; this goes on by itself.</p>
          <Button isSmall onClick={onAsk}>
            Try now
          </Button>
        </div>
      )}
    </div>
  );
}
