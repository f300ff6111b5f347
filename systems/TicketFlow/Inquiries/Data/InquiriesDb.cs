using Microsoft.EntityFrameworkCore;

namespace TicketFlow.Inquiries.Data;

/// <summary>An inquiry.</summary>
internal sealed class Inquiry
{
    public required Guid Id { get; init; }

    /// <summary>The unguessable part of the customer's link.</summary>
    public required string Link { get; init; }

    public required string Name { get; init; }

    public required string Email { get; init; }

    public required string Title { get; init; }

    public required string Description { get; init; }

    public required string Category { get; init; }

    public required string Language { get; init; }

    public required double Confidence { get; init; }

    public required string Status { get; set; }

    /// <summary>The version of the ticket that the status comes from; 0 before there is one.</summary>
    public int TicketVersion { get; set; }

    public required DateTimeOffset SubmittedAt { get; init; }

    public bool IsSample { get; init; }
}

/// <summary>An entry of the conversation.</summary>
internal sealed class Entry
{
    public long Id { get; init; }

    public required Guid InquiryId { get; init; }

    public required string Kind { get; init; }

    public required string Text { get; init; }

    public int TicketVersion { get; init; }

    public Guid? MessageId { get; init; }

    /// <summary>Who wrote it; null for the customer and for changes of the status.</summary>
    public string? Author { get; init; }

    /// <summary>What was written, as translations name it; null for what is not translated.</summary>
    public Guid? TextId { get; init; }

    public required DateTimeOffset At { get; init; }
}

/// <summary>A translation of an entry; it may be here before the entry.</summary>
internal sealed class TextTranslation
{
    public required Guid TextId { get; init; }

    public required string Language { get; init; }

    public string? Text { get; init; }

    public required string Translator { get; init; }

    public required bool IsRoughAid { get; init; }
}

/// <summary>The database of the inquiries service.</summary>
internal sealed class InquiriesDb(DbContextOptions<InquiriesDb> options) : DbContext(options)
{
    public DbSet<Inquiry> Inquiries => Set<Inquiry>();

    public DbSet<Entry> Entries => Set<Entry>();

    public DbSet<TextTranslation> TextTranslations => Set<TextTranslation>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Inquiry>(inquiry =>
        {
            inquiry.ToTable("inquiry");
            inquiry.Property(row => row.Id).HasColumnName("id").ValueGeneratedNever();
            inquiry.Property(row => row.Link).HasColumnName("link");
            inquiry.Property(row => row.Name).HasColumnName("name");
            inquiry.Property(row => row.Email).HasColumnName("email");
            inquiry.Property(row => row.Title).HasColumnName("title");
            inquiry.Property(row => row.Description).HasColumnName("description");
            inquiry.Property(row => row.Category).HasColumnName("category");
            inquiry.Property(row => row.Language).HasColumnName("language");
            inquiry.Property(row => row.Confidence).HasColumnName("confidence");
            inquiry.Property(row => row.Status).HasColumnName("status");
            inquiry.Property(row => row.TicketVersion).HasColumnName("ticket_version");
            inquiry.Property(row => row.SubmittedAt).HasColumnName("submitted_at");
            inquiry.Property(row => row.IsSample).HasColumnName("is_sample");
        });
        modelBuilder.Entity<Entry>(entry =>
        {
            entry.ToTable("entry");
            entry.HasOne<Inquiry>().WithMany().HasForeignKey(row => row.InquiryId);
            entry.Property(row => row.Id).HasColumnName("id").ValueGeneratedOnAdd();
            entry.Property(row => row.InquiryId).HasColumnName("inquiry_id");
            entry.Property(row => row.Kind).HasColumnName("kind");
            entry.Property(row => row.Text).HasColumnName("text");
            entry.Property(row => row.TicketVersion).HasColumnName("ticket_version");
            entry.Property(row => row.MessageId).HasColumnName("message_id");
            entry.Property(row => row.Author).HasColumnName("author");
            entry.Property(row => row.TextId).HasColumnName("text_id");
            entry.Property(row => row.At).HasColumnName("at");
        });
        modelBuilder.Entity<TextTranslation>(translation =>
        {
            translation.ToTable("text_translation");
            translation.HasKey(row => row.TextId);
            translation.Property(row => row.TextId).HasColumnName("text_id").ValueGeneratedNever();
            translation.Property(row => row.Language).HasColumnName("language");
            translation.Property(row => row.Text).HasColumnName("text");
            translation.Property(row => row.Translator).HasColumnName("translator");
            translation.Property(row => row.IsRoughAid).HasColumnName("is_rough_aid");
        });
    }
}
