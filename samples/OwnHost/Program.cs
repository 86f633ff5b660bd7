#region program
using Marten;
using Phoenix;
using Phoenix.Health;
using Phoenix.Hosting;
using Shop.Accounts;

var builder = WebApplication.CreateBuilder(args);

builder.UsePhoenix(
    options =>
    {
        options.TopicPrefix = "shop";
        options.Aggregates.IdleAfter = TimeSpan.FromMinutes(5);
    },
    typeof(Account).Assembly);
builder.Services.AddPhoenixHealth();

builder.Services.AddMarten(store =>
{
    store.Connection(builder.Configuration["Phoenix:ConnectionString"] ?? "");
    store.DatabaseSchemaName = "own";
});

var app = builder.Build();
app.MapPhoenixHealth();
app.MapPost("/deposits/{account}", async (string account, decimal amount, IGrainFactory grains) =>
{
    var outcome = await grains.GetGrain<IAccountGrain>(account).Execute(new Deposit(amount));
    return outcome.IsAccepted ? Results.Ok(outcome.VersionAfter) : Results.UnprocessableEntity(outcome.Message);
});
await app.RunAsync();
#endregion
