using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Faultline.Anomalies.Hosting.Tests.Data;

internal sealed class Sale
{
    public int Id { get; set; }

    public string What { get; set; } = "";
}

internal sealed class TillDb(DbContextOptions<TillDb> options) : DbContext(options)
{
    public DbSet<Sale> Sales => Set<Sale>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Sale>(sale =>
    {
        sale.ToTable("sale");
        sale.Property(row => row.Id).HasColumnName("id");
        sale.Property(row => row.What).HasColumnName("what");
    });
}

/// <summary>The ways in which an application writes a row in a transaction.</summary>
internal static class Till
{
    public const string Context = "EF Core";
    public const string BlockingContext = "EF Core, blocking";
    public const string Source = "Npgsql";
    public const string BlockingSource = "Npgsql, blocking";

    public static void Add(IServiceCollection services, string database)
    {
        services.AddSingleton(_ => NpgsqlDataSource.Create(database));
        services.AddDbContextFactory<TillDb>((provider, options) => options.UseNpgsql(provider.GetRequiredService<NpgsqlDataSource>()));
    }

    public static Task SellAsync(IServiceProvider services, string way, string what) => way switch
    {
        Context => ByContextAsync(services, what),
        BlockingContext => Task.Run(() => ByContext(services, what)),
        Source => BySourceAsync(services, what),
        _ => Task.Run(() => BySource(services, what)),
    };

    private static async Task ByContextAsync(IServiceProvider services, string what)
    {
        await using TillDb db = await services.GetRequiredService<IDbContextFactory<TillDb>>().CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        db.Add(new Sale { What = what });
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
    }

    private static void ByContext(IServiceProvider services, string what)
    {
        using TillDb db = services.GetRequiredService<IDbContextFactory<TillDb>>().CreateDbContext();
        using var transaction = db.Database.BeginTransaction();
        db.Add(new Sale { What = what });
        db.SaveChanges();
        transaction.Commit();
    }

    private static async Task BySourceAsync(IServiceProvider services, string what)
    {
        await using var source = services.GetRequiredService<NpgsqlDataSource>().WithAnomalies(services);
        await using DbConnection connection = await source.OpenConnectionAsync();
        await using DbTransaction transaction = await connection.BeginTransactionAsync();
        await using DbCommand command = Insert(connection, transaction, what);
        await command.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
    }

    private static void BySource(IServiceProvider services, string what)
    {
        using var source = services.GetRequiredService<NpgsqlDataSource>().WithAnomalies(services);
        using DbConnection connection = source.OpenConnection();
        using DbTransaction transaction = connection.BeginTransaction();
        using DbCommand command = Insert(connection, transaction, what);
        command.ExecuteNonQuery();
        transaction.Commit();
    }

    private static DbCommand Insert(DbConnection connection, DbTransaction transaction, string what)
    {
        DbCommand command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "/* a sale */ -- by hand\n INSERT INTO sale (what) VALUES (@what)";
        DbParameter parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("what", what);
        command.Parameters.Add(parameter);
        return command;
    }
}
