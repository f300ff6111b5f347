using Microsoft.EntityFrameworkCore;
using TicketFlow.Sla.Contracts;
using TicketFlow.Tickets.Contracts;

namespace TicketFlow.Sla.Data;

/// <summary>How a ticket stands to its agreement.</summary>
internal sealed class Deadline
{
    public required Guid TicketId { get; init; }

    /// <summary>The version of the ticket that is known; an older event changes nothing.</summary>
    public required int Version { get; set; }

    /// <summary>Rises with everything that is said of it.</summary>
    public int Revision { get; set; }

    /// <summary>Rises when the clock is stopped or goes on; timers of an older plan are void.</summary>
    public int Plan { get; set; }

    public required string Agreement { get; init; }

    public required Severity Severity { get; init; }

    public required string Title { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required TimeSpan Allowed { get; init; }

    /// <summary>After which time the alert of a breach is repeated first.</summary>
    public required TimeSpan RepeatAfter { get; init; }

    /// <summary>How long the clock stood, without the time since <see cref="StoppedAt"/>.</summary>
    public TimeSpan Blocked { get; set; }

    public DateTimeOffset? StoppedAt { get; set; }

    public DateTimeOffset? ResolvedAt { get; set; }

    /// <summary>When this service has learnt of the resolution.</summary>
    public DateTimeOffset? ResolvedSeenAt { get; set; }

    public DeadlineOutcome Outcome { get; set; }

    public int Breaches { get; set; }

    public string? AssigneeName { get; set; }

    public string? AssigneeEmail { get; set; }

    /// <summary>JSON of contacts.</summary>
    public required string Supervisors { get; init; }
}

/// <summary>Something that people were told of a ticket's time.</summary>
internal sealed class Told
{
    public long Id { get; init; }

    public required Guid TicketId { get; init; }

    /// <summary>reminder or breach.</summary>
    public required string Kind { get; init; }

    /// <summary>Percent, or the number of the alert.</summary>
    public required int Step { get; init; }

    public required DateTimeOffset DueAt { get; init; }

    public required DateTimeOffset At { get; init; }
}

/// <summary>What an agreement allows.</summary>
internal sealed class AgreementTime
{
    public required string Agreement { get; init; }

    public required string Severity { get; init; }

    public required TimeSpan Allowed { get; init; }
}

/// <summary>An agreement.</summary>
internal sealed class Agreement
{
    public required string Name { get; init; }

    public required TimeSpan RepeatAfter { get; init; }
}

/// <summary>Who has signed which.</summary>
internal sealed class SignedAgreement
{
    public required string Domain { get; init; }

    public required string Company { get; init; }

    public required string Agreement { get; init; }
}

/// <summary>The database of the sla service.</summary>
internal sealed class SlaDb(DbContextOptions<SlaDb> options) : DbContext(options)
{
    public DbSet<Deadline> Deadlines => Set<Deadline>();

    public DbSet<Told> Told => Set<Told>();

    public DbSet<Agreement> Agreements => Set<Agreement>();

    public DbSet<AgreementTime> AgreementTimes => Set<AgreementTime>();

    public DbSet<SignedAgreement> SignedAgreements => Set<SignedAgreement>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Deadline>(deadline =>
        {
            deadline.ToTable("deadline");
            deadline.HasKey(row => row.TicketId);
            deadline.Property(row => row.TicketId).ValueGeneratedNever();
            deadline.Property(row => row.Severity).HasConversion<string>(value => value.ToString().ToLowerInvariant(), word => Enum.Parse<Severity>(word, true));
            deadline.Property(row => row.Outcome).HasConversion<string>(value => value.ToString().ToLowerInvariant(), word => Enum.Parse<DeadlineOutcome>(word, true));
        });
        modelBuilder.Entity<Told>(told => told.ToTable("told"));
        modelBuilder.Entity<Agreement>(agreement =>
        {
            agreement.ToTable("agreement");
            agreement.HasKey(row => row.Name);
        });
        modelBuilder.Entity<AgreementTime>(time =>
        {
            time.ToTable("agreement_time");
            time.HasKey(row => new { row.Agreement, row.Severity });
        });
        modelBuilder.Entity<SignedAgreement>(signed =>
        {
            signed.ToTable("signed_agreement");
            signed.HasKey(row => row.Domain);
        });
        // Columns are the properties' names in lower case with underscores.
        foreach (Microsoft.EntityFrameworkCore.Metadata.IMutableProperty property in modelBuilder.Model.GetEntityTypes().SelectMany(type => type.GetProperties()))
        {
            property.SetColumnName(System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
        }
    }
}
