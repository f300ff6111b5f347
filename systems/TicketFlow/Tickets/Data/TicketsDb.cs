using Microsoft.EntityFrameworkCore;
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

    public required DateTimeOffset At { get; init; }
}

/// <summary>The database of the tickets service.</summary>
internal sealed class TicketsDb(DbContextOptions<TicketsDb> options) : DbContext(options)
{
    public DbSet<Ticket> Tickets => Set<Ticket>();

    public DbSet<EarlyTranslation> EarlyTranslations => Set<EarlyTranslation>();

    public DbSet<Step> Steps => Set<Step>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Ticket>(ticket =>
        {
            ticket.ToTable("ticket");
            ticket.Property(row => row.Id).ValueGeneratedNever();
            ticket.Property(row => row.State).HasConversion(state => TicketWords.Of(state), text => TicketWords.StateOf(text));
            ticket.Property(row => row.Version).IsConcurrencyToken();
        });
        modelBuilder.Entity<EarlyTranslation>(early =>
        {
            early.ToTable("early_translation");
            early.HasKey(row => row.InquiryId);
            early.Property(row => row.InquiryId).ValueGeneratedNever();
        });
        modelBuilder.Entity<Step>(step => step.ToTable("step"));
        // Columns are the properties' names in lower case with underscores.
        foreach (Microsoft.EntityFrameworkCore.Metadata.IMutableProperty property in modelBuilder.Model.GetEntityTypes().SelectMany(type => type.GetProperties()))
        {
            property.SetColumnName(System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
        }
    }
}
