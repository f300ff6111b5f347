using Faultline.Conformance.Transport;

namespace Faultline.Messaging.RabbitMq.Tests.Transport;

public sealed class RabbitMqSendConformance(RabbitMqHarness harness) : SendConformance(harness), IClassFixture<RabbitMqHarness>;

public sealed class RabbitMqConsumeConformance(RabbitMqHarness harness) : ConsumeConformance(harness), IClassFixture<RabbitMqHarness>;

public sealed class RabbitMqShareConformance(RabbitMqHarness harness) : ShareConformance(harness), IClassFixture<RabbitMqHarness>;

public sealed class RabbitMqFailureConformance(RabbitMqHarness harness) : FailureConformance(harness), IClassFixture<RabbitMqHarness>;

public sealed class RabbitMqTemporaryQueueConformance(RabbitMqHarness harness) : TemporaryQueueConformance(harness), IClassFixture<RabbitMqHarness>;

public sealed class RabbitMqRandomConformance(RabbitMqHarness harness) : RandomConformance(harness), IClassFixture<RabbitMqHarness>;

public sealed class RabbitMqStreamConformance(RabbitMqHarness harness) : StreamConformance(harness), IClassFixture<RabbitMqHarness>;
