using Microsoft.EntityFrameworkCore;
using TicketFlow.Desk;
using TicketFlow.Sla.Contracts;
using TicketFlow.Tickets.Contracts;

namespace TicketFlow.Tickets.Data;

/// <summary>A ticket.</summary>
internal sealed class Ticket
{
    public required Guid Id { get; init; }

    public required TicketState State { get; set; }

    /// <summary>Rises with every change; the concurrency token.</summary>
    public required int Version { get; set; }

    public required string Customer { get; init; }

    public required string Email { get; init; }

    public required string Title { get; init; }

    public required string Description { get; init; }

    public required string Category { get; init; }

    public required string Language { get; init; }

    public string? EnglishTitle { get; set; }

    public string? EnglishDescription { get; set; }

    public string? Translator { get; set; }

    public bool IsRoughAid { get; set; }

    /// <summary>Why a person should look twice: unknown language, no translation; null when all is well.</summary>
    public string? Mark { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public TicketKind? Kind { get; set; }

    public Severity? Severity { get; set; }

    public Guid? AssigneeId { get; set; }

    public string? BlockReason { get; set; }

    public DateTimeOffset? BlockedAt { get; set; }

    public DateTimeOffset? ResolvedAt { get; set; }

    /// <summary>What the agreements service has said last; 0 before it has said anything.</summary>
    public int SlaRevision { get; set; }

    public string? Agreement { get; set; }

    public DateTimeOffset? DueAt { get; set; }

    public long BlockedMs { get; set; }

    public DateTimeOffset? StoppedAt { get; set; }

    public DeadlineOutcome? Outcome { get; set; }

    public int Breaches { get; set; }

    public bool IsSample { get; init; }
}

/// <summary>A translation that came before its inquiry.</summary>
internal sealed class EarlyTranslation
{
    public required Guid InquiryId { get; init; }

    public required string Outcome { get; init; }

    public string? Title { get; init; }

    public string? Description { get; init; }

    public string? Translator { get; init; }

    public bool IsRoughAid { get; init; }

    public string? Reason { get; init; }
}

/// <summary>Something that happened to a ticket.</summary>
internal sealed class Step
{
    public long Id { get; init; }

    public required Guid TicketId { get; init; }

    public required string Event { get; init; }

    public string? FromState { get; init; }

    public required string ToState { get; init; }

    public required int Version { get; init; }

    /// <summary>Who did it; null when a message did.</summary>
    public string? By { get; init; }

    public string? Detail { get; init; }

    public required DateTimeOffset At { get; init; }
}

/// <summary>Somebody of the desk.</summary>
internal sealed class Person
{
    public required Guid Id { get; init; }

    public required string Email { get; init; }

    public required string Name { get; init; }

    public required DeskRole Role { get; init; }

    public required string PasswordHash { get; init; }
}

/// <summary>Something that was said to or by the customer after the inquiry; only ever added.</summary>
internal sealed class Talk
{
    public required Guid Id { get; init; }

    public required Guid TicketId { get; init; }

    /// <summary>customer, agent or resolution.</summary>
    public required string Kind { get; init; }

    public required string Author { get; init; }

    public required string Text { get; init; }

    public required string Language { get; init; }

    public required DateTimeOffset At { get; init; }
}

/// <summary>A translation of something that was said; it may be here before what it translates.</summary>
internal sealed class TalkTranslation
{
    public required Guid TextId { get; init; }

    public required string Language { get; init; }

    public string? Text { get; init; }

    public required string Translator { get; init; }

    public bool IsRoughAid { get; init; }

    public string? NotTranslated { get; init; }
}

/// <summary>A note that stays inside; only ever added.</summary>
internal sealed class Note
{
    public required Guid Id { get; init; }

    public required Guid TicketId { get; init; }

    public required string Author { get; init; }

    public required string Text { get; init; }

    public required DateTimeOffset At { get; init; }
}

/// <summary>A message that went to people about a ticket, as the desk shows it.</summary>
internal sealed class Notice
{
    public required string Id { get; init; }

    public required string Kind { get; init; }

    public Guid? TicketId { get; init; }

    public required string Recipients { get; init; }

    public required string Subject { get; init; }

    public required string Text { get; init; }

    public required DateTimeOffset At { get; init; }
}

/// <summary>The database of the tickets service.</summary>
internal sealed class TicketsDb(DbContextOptions<TicketsDb> options) : DbContext(options)
{
    public DbSet<Ticket> Tickets => Set<Ticket>();

    public DbSet<EarlyTranslation> EarlyTranslations => Set<EarlyTranslation>();

    public DbSet<Step> Steps => Set<Step>();

    public DbSet<Person> People => Set<Person>();

    public DbSet<Talk> Talks => Set<Talk>();

    public DbSet<TalkTranslation> TalkTranslations => Set<TalkTranslation>();

    public DbSet<Note> Notes => Set<Note>();

    public DbSet<Notice> Notices => Set<Notice>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Ticket>(ticket =>
        {
            ticket.ToTable("ticket");
            ticket.Property(row => row.Id).ValueGeneratedNever();
            ticket.Property(row => row.State).HasConversion<WordConverter<TicketState>>();
            ticket.Property(row => row.Version).IsConcurrencyToken();
        });
        modelBuilder.Entity<EarlyTranslation>(early =>
        {
            early.ToTable("early_translation");
            early.HasKey(row => row.InquiryId);
            early.Property(row => row.InquiryId).ValueGeneratedNever();
        });
        modelBuilder.Entity<Ticket>(ticket =>
        {
            ticket.Property(row => row.Kind).HasConversion<WordConverter<TicketKind>>();
            ticket.Property(row => row.Severity).HasConversion<WordConverter<Severity>>();
            ticket.Property(row => row.Outcome).HasConversion<WordConverter<DeadlineOutcome>>();
        });
        modelBuilder.Entity<Step>(step => step.ToTable("step"));
        modelBuilder.Entity<Person>(person =>
        {
            person.ToTable("person");
            person.Property(row => row.Id).ValueGeneratedNever();
            person.Property(row => row.Role).HasConversion<WordConverter<DeskRole>>();
        });
        modelBuilder.Entity<Talk>(talk =>
        {
            talk.ToTable("talk");
            talk.Property(row => row.Id).ValueGeneratedNever();
        });
        modelBuilder.Entity<TalkTranslation>(translation =>
        {
            translation.ToTable("talk_translation");
            translation.HasKey(row => row.TextId);
            translation.Property(row => row.TextId).ValueGeneratedNever();
        });
        modelBuilder.Entity<Note>(note =>
        {
            note.ToTable("note");
            note.Property(row => row.Id).ValueGeneratedNever();
        });
        modelBuilder.Entity<Notice>(notice => notice.ToTable("notice"));
        // Columns are the properties' names in lower case with underscores.
        foreach (Microsoft.EntityFrameworkCore.Metadata.IMutableProperty property in modelBuilder.Model.GetEntityTypes().SelectMany(type => type.GetProperties()))
        {
            property.SetColumnName(System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
        }
    }
}

/// <summary>Keeps a value of an enumeration as its word.</summary>
internal sealed class WordConverter<T>() : Microsoft.EntityFrameworkCore.Storage.ValueConversion.ValueConverter<T, string>(value => TicketWords.Of(value), word => TicketWords.Read<T>(word))
    where T : struct, Enum;
