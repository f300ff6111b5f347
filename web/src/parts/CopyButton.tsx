import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { text as words } from "../text";

export function CopyButton({ text, label }: { text: string; label?: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = () => {
    void navigator.clipboard?.writeText(text).then(() => setCopied(true));
  };
  return (
    <button type="button" className="button" data-kind={label ? undefined : "bare"} onClick={copy} aria-label={label ? undefined : words.common.copy}>
      {isCopied ? <Check aria-hidden /> : <Copy aria-hidden />}
      {label && (isCopied ? words.common.copied : label)}
      <span className="unseen" role="status">
        {isCopied ? words.common.copied : ""}
      </span>
    </button>
  );
}
