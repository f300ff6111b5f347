// Orders, made resilient step by step: README.md of the folder above says which step is where, and why.
using Npgsql;
using Orders;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.Logging.AddFilter("System.Net.Http", LogLevel.Warning);
builder.Services.AddSingleton(NpgsqlDataSource.Create(Setting("DATABASE")));
builder.Services.AddHttpClient("menu", http => http.BaseAddress = new Uri(Setting("MENU_URL")));
builder.Services.AddHttpClient("loyalty", http => http.BaseAddress = new Uri(Setting("LOYALTY_URL")));
builder.Services.AddSingleton<OrderStore>().AddSingleton<Peers>().AddHostedService<LoyaltyRelay>();

WebApplication app = builder.Build();
await app.Services.GetRequiredService<OrderStore>().CreateTablesAsync();

app.MapPost("/orders", PlaceOrder.HandleAsync);
app.MapGet("/orders", async (string customerId, OrderStore store) => await store.OfCustomerAsync(customerId));
app.MapGet("/orders/{id:guid}", async (Guid id, OrderStore store) => await store.FindAsync(id) is { } order ? Results.Ok(order) : Results.NotFound());
app.Run();

string Setting(string name) => builder.Configuration[name] ?? throw new InvalidOperationException($"{name} is missing; the lab sets it, or you do.");
