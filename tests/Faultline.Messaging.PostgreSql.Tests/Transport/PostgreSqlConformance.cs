using Faultline.Conformance.Transport;

namespace Faultline.Messaging.PostgreSql.Tests.Transport;

public sealed class PostgreSqlSendConformance() : SendConformance(PostgreSqlHarness.CreateAsync);
