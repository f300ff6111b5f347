using System.Data.Common;
using Faultline.Conformance.Transport;
using Faultline.Messaging.PostgreSql.Migrations;
using Faultline.Messaging.PostgreSql.Store;
using Faultline.Messaging.Streams;
using Faultline.TestSupport;

namespace Faultline.Messaging.RabbitMq.Tests.Transport;

public sealed class RabbitMqProjectionConformance(RabbitMqHarness harness, PostgresDatabase database) : ProjectionConformance(harness), IClassFixture<RabbitMqHarness>, IClassFixture<PostgresDatabase>
{
    protected override async Task<(IProjectionStore Store, DbDataSource Database)> OpenDatabaseAsync()
    {
        await Migrator.ApplyAsync(database.Source, Migrator.Core, Stop);
        return (new PostgresProjections(database.Source), database.Source);
    }
}
