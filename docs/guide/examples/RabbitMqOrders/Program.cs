using Faultline.Anomalies.Hosting;
using RabbitMqOrders;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.Services.AddFaultlineAnomalies(anomalies =>
{
    anomalies.Publishes.Add(Order.Type);
    anomalies.Consumes.Add(Order.Type);
    foreach (var point in OrderPoints.All) anomalies.Points.Add(point);
});
builder.Services.AddSingleton<Broker>().AddSingleton<OrderPublisher>();
builder.Services.AddSingleton(new Meals(builder.Configuration["Meals"] ?? "meals.txt"));
builder.Services.AddHostedService<Kitchen>();

WebApplication app = builder.Build();
app.MapGet("/health", () => "healthy");
app.MapGet("/meals", (Meals meals) => meals.Read());

// The client chooses the id: asked again after a failure it is the same order.
app.MapPut("/orders/{id:guid}", async (Guid id, string dish, OrderPublisher publisher, CancellationToken stop) =>
    await publisher.PublishAsync(new Order(id, dish), stop) ? Results.Accepted() : Results.StatusCode(StatusCodes.Status503ServiceUnavailable));
app.Run();
