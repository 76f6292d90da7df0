import { Button } from "./button.tsx";
import styles from "./news.module.css";

/** Says what came and left meanwhile, above a list that did not move for it. Takes no place: nothing below it moves either. */
export function News({ fresh, gone, onShow }: { fresh: number; gone: number; onShow: () => void }) {
  const words = [fresh > 0 && `${fresh} new`, gone > 0 && `${gone} gone`].filter(Boolean).join(", ");
  return (
    <div className={styles.place} role="status">
      {words !== "" && (
        <div className={styles.news}>
          <Button look="primary" icon="refresh" onClick={onShow}>
            {words}, show
          </Button>
        </div>
      )}
    </div>
  );
}
