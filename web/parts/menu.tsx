import type { ReactNode } from "react";
import { Button as AriaButton, Menu as AriaMenu, MenuItem, MenuTrigger, Popover } from "react-aria-components";

import { ariaClass } from "./aria-field.tsx";
import comboStyles from "./combo.module.css";
import { Icon, type IconName } from "./icon.tsx";
import styles from "./menu.module.css";

export interface MenuChoice {
  readonly id: string;
  readonly words: string;
  readonly icon?: IconName;
  readonly onChoose: () => void;
}

/** A button that opens a list of acts; its face says in words what they are about. */
export function Menu({ face, choices }: { face: ReactNode; choices: readonly MenuChoice[] }) {
  return (
    <MenuTrigger>
      <AriaButton className={ariaClass(styles.trigger)}>{face}</AriaButton>
      <Popover className={ariaClass(comboStyles.popover)} offset={4}>
        <AriaMenu className={ariaClass(comboStyles.list)} items={choices}>
          {(choice) => (
            <MenuItem className={ariaClass(styles.item)} onAction={choice.onChoose} textValue={choice.words}>
              {choice.icon !== undefined && <Icon name={choice.icon} />}
              {choice.words}
            </MenuItem>
          )}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
