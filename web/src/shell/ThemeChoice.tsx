import { useState } from "react";
import { Field } from "../parts/Field";
import { text } from "../text";
import { chosenTheme, chooseTheme, type Theme } from "../theme/theme";

export function ThemeChoice() {
  const [theme, setTheme] = useState(chosenTheme);
  return (
    <div style={{ marginTop: "auto", paddingInline: "var(--space-3)" }}>
      <Field label={text.shell.theme.label}>
        <select
          value={theme}
          onChange={(event) => {
            const next = event.target.value as Theme;
            chooseTheme(next);
            setTheme(next);
          }}
        >
          {(["system", "light", "dark"] as const).map((one) => (
            <option key={one} value={one}>
              {text.shell.theme[one]}
            </option>
          ))}
        </select>
      </Field>
    </div>
  );
}
