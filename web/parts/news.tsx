import { Button } from "./button.tsx";
import styles from "./news.module.css";

interface NewsProps {
  fresh: number;
  gone: number;
  onShow: () => void;
  /** Where the heading in the middle of the list can be pressed, and the last one cannot. */
  isAtEnd?: boolean;
}

/** Says what came and left meanwhile, above a list that did not move for it. Takes no place: nothing below it moves either. */
export function News({ fresh, gone, onShow, isAtEnd = false }: NewsProps) {
  const words = [fresh > 0 && `${fresh} new`, gone > 0 && `${gone} gone`].filter(Boolean).join(", ");
  return (
    <div className={styles.place} role="status">
      {words !== "" && (
        <div className={isAtEnd ? `${styles.news} ${styles.isAtEnd}` : styles.news}>
          <Button look="primary" icon="refresh" onClick={onShow}>
            {words}, show
          </Button>
        </div>
      )}
    </div>
  );
}
