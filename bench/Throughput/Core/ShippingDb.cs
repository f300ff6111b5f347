using Microsoft.EntityFrameworkCore;

namespace Faultline.Bench.Throughput.Core;

/// <summary>The business table of the consuming side.</summary>
/// <param name="options">Where it is.</param>
internal sealed class ShippingDb(DbContextOptions<ShippingDb> options) : DbContext(options)
{
    public DbSet<Shipment> Shipments => Set<Shipment>();

    // The order's id is known beforehand, so no row has to come back; the position is the database's own.
    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Shipment>(shipment =>
    {
        shipment.ToTable("shipments");
        shipment.HasKey(row => row.OrderId);
        shipment.Property(row => row.OrderId).HasColumnName("order_id").ValueGeneratedNever();
        shipment.Property(row => row.Customer).HasColumnName("customer");
        shipment.Property(row => row.Number).HasColumnName("number");
    });
}

/// <summary>An effect.</summary>
internal sealed class Shipment
{
    public Guid OrderId { get; init; }

    public required string Customer { get; init; }

    public long Number { get; init; }
}
