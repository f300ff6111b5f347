using TicketFlow.Communication.Data;

namespace TicketFlow.Communication.Mail;

/// <summary>Hands letters to whoever carries them. The border to the outside.</summary>
internal interface IMailer
{
    /// <summary>
    /// Hands a letter over for all of its outstanding addresses. It may be asked again for a letter that it has handed over before, because nobody noted that; the letter then carries the same Message-ID.
    /// Whatever goes wrong outside is in the result, never an exception.
    /// </summary>
    /// <param name="letter">The letter; every outstanding address is one.</param>
    /// <param name="stop">The process is ending.</param>
    Task<Delivery> SendAsync(Letter letter, CancellationToken stop);
}

/// <summary>What came of handing a letter over. Outstanding addresses that are in neither list are to be tried again.</summary>
/// <param name="Reached">Addresses for which it was taken.</param>
/// <param name="Refused">Addresses for which it never will be.</param>
/// <param name="Error">What went wrong, fit to be shown and without a secret; null when all went well.</param>
internal sealed record Delivery(IReadOnlyList<string> Reached, IReadOnlyList<string> Refused, string? Error)
{
    /// <summary>It was taken for everybody.</summary>
    public static Delivery ToAll(Letter letter) => new(letter.Outstanding, [], null);

    /// <summary>It was taken for nobody; trying again can help.</summary>
    public static Delivery Failed(string error) => new([], [], error);
}
