import type { Inquiry } from "./api";

/** Ready inquiries, so that a person who tests need not invent one. */
export const samples: readonly Inquiry[] = [
  { name: "Jana Vogel", email: "jana.vogel@kunde.example", title: "Falscher Betrag auf der Rechnung", description: "Guten Tag, auf meiner Rechnung vom letzten Monat steht ein falscher Betrag. Bitte prüfen Sie das und schicken Sie mir eine neue Rechnung.", category: "billing" },
  { name: "Piotr Lis", email: "piotr.lis@klient.example", title: "Nie mogę się zalogować", description: "Dzień dobry, od wczoraj nie mogę się zalogować na swoje konto. Hasło jest poprawne, ale strona pokazuje błąd. Proszę o pomoc.", category: "technical" },
  { name: "Claire Dubois", email: "claire.dubois@client.example", title: "Commande jamais arrivée", description: "Bonjour, ma commande n'est jamais arrivée. Le suivi du colis n'a pas changé depuis une semaine. Pouvez-vous m'aider, s'il vous plaît ?", category: "general" },
  { name: "Marta Ruiz", email: "marta.ruiz@cliente.example", title: "No funciona la impresora", description: "Hola, la impresora que compré no funciona. He probado todo lo que dice el manual, pero no imprime nada. ¿Qué puedo hacer?", category: "technical" },
  { name: "Sam Reed", email: "sam.reed@customer.example", title: "Question about my contract", description: "Hello, I would like to know when my contract ends and what I have to do to extend it by another year. Thank you.", category: "other" },
];

export const categories = ["general", "technical", "billing", "other"] as const;
