using Faultline.Conformance.Transport;

namespace Faultline.Messaging.PostgreSql.Tests.Transport;

public sealed class PostgreSqlSendConformance(PostgreSqlHarness harness) : SendConformance(harness), IClassFixture<PostgreSqlHarness>;

public sealed class PostgreSqlConsumeConformance(PostgreSqlHarness harness) : ConsumeConformance(harness), IClassFixture<PostgreSqlHarness>;

public sealed class PostgreSqlShareConformance(PostgreSqlHarness harness) : ShareConformance(harness), IClassFixture<PostgreSqlHarness>;

public sealed class PostgreSqlFailureConformance(PostgreSqlHarness harness) : FailureConformance(harness), IClassFixture<PostgreSqlHarness>;

public sealed class PostgreSqlTemporaryQueueConformance(PostgreSqlHarness harness) : TemporaryQueueConformance(harness), IClassFixture<PostgreSqlHarness>;

public sealed class PostgreSqlRandomConformance(PostgreSqlHarness harness) : RandomConformance(harness), IClassFixture<PostgreSqlHarness>;

public sealed class PostgreSqlStreamConformance(PostgreSqlHarness harness) : StreamConformance(harness), IClassFixture<PostgreSqlHarness>;
