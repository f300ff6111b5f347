using System.Text.Json;
using TicketFlow.Tickets.Contracts;

namespace TicketFlow.Tickets;

/// <summary>States and events as they are written outside of code.</summary>
internal static class TicketWords
{
    public static string Of(TicketState state) => JsonNamingPolicy.KebabCaseLower.ConvertName(state.ToString());

    public static string Of(TicketEvent happened) => JsonNamingPolicy.KebabCaseLower.ConvertName(happened.ToString());

    public static TicketState StateOf(string text) => Enum.GetValues<TicketState>().Single(state => Of(state) == text);
}
