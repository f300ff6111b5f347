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

    public required DateTimeOffset At { get; init; }
}

/// <summary>The database of the inquiries service.</summary>
internal sealed class InquiriesDb(DbContextOptions<InquiriesDb> options) : DbContext(options)
{
    public DbSet<Inquiry> Inquiries => Set<Inquiry>();

    public DbSet<Entry> Entries => Set<Entry>();

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
            entry.Property(row => row.At).HasColumnName("at");
        });
    }
}
