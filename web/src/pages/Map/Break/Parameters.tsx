import { Field } from "../../../parts/Field";
import type { Parameter } from "./form";

interface Props {
  parameters: readonly Parameter[];
  values: Readonly<Record<string, string>>;
  change: (values: Readonly<Record<string, string>>) => void;
}

/** The details of a kind, with what the lab allows for each. */
export function Parameters({ parameters, values, change }: Props) {
  return parameters.map((parameter) => {
    const value = values[parameter.name] ?? "";
    const set = (next: string) => change({ ...values, [parameter.name]: next });
    const choices = parameter.type === "bool" ? ["true", "false"] : parameter.oneOf;
    return (
      <Field key={parameter.name} label={parameter.name} hint={parameter.says}>
        {choices ? (
          <select required={parameter.required} value={value} onChange={(event) => set(event.target.value)}>
            <option value="">{parameter.default === null || parameter.default === undefined ? "" : String(parameter.default)}</option>
            {choices.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        ) : (
          <input
            type={parameter.type === "text" ? "text" : "number"}
            step={parameter.type === "whole" ? 1 : "any"}
            required={parameter.required}
            min={parameter.min ?? undefined}
            max={parameter.max ?? undefined}
            value={value}
            placeholder={parameter.default === null || parameter.default === undefined ? "" : String(parameter.default)}
            onChange={(event) => set(event.target.value)}
          />
        )}
      </Field>
    );
  });
}
