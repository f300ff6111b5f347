import { createContext, useContext } from "react";
import { type CustomerWords, english } from "./text/en";
import { polish } from "./text/pl";

export const languages: Readonly<Record<string, CustomerWords>> = { en: english, pl: polish };

const key = "faultline.ticketflow.language";

export function chosenLanguage(): string {
  const kept = localStorage.getItem(key);
  return kept && languages[kept] ? kept : navigator.language.startsWith("pl") ? "pl" : "en";
}

export function chooseLanguage(language: string): void {
  localStorage.setItem(key, language);
}

export const Language = createContext("en");

/** The words of the customer's pages, in the customer's language. */
export function useWords(): CustomerWords {
  return languages[useContext(Language)] ?? english;
}
