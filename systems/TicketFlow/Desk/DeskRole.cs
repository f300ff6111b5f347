namespace TicketFlow.Desk;

/// <summary>What somebody of the desk may do.</summary>
public enum DeskRole
{
    /// <summary>Works on tickets.</summary>
    Agent,

    /// <summary>Says what tickets are, gives them to agents, and may do whatever an agent may.</summary>
    Supervisor,
}

/// <summary>Who is signed in at the desk.</summary>
/// <param name="Id">The person.</param>
/// <param name="Name">To be shown.</param>
/// <param name="Email">Signs in with it.</param>
/// <param name="Role">What the person may do.</param>
public sealed record DeskPerson(Guid Id, string Name, string Email, DeskRole Role);
