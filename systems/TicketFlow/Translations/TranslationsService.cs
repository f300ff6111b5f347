using Faultline.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TicketFlow.Inquiries.Contracts;
using TicketFlow.Tickets.Contracts;
using TicketFlow.Translations.Contracts;
using TicketFlow.Translations.Handlers;
using TicketFlow.Translations.Providers;

namespace TicketFlow.Translations;

internal static class TranslationsService
{
    public static void Configure(ServiceBuilder service) => service
        .Publishes<TranslationCompleted>()
        .Publishes<TranslationSkipped>()
        .Publishes<TranslationFailed>()
        .Publishes<TextTranslated>()
        .Consumes<TranslationRequested, TranslationRequestedHandler>()
        .Consumes<SampleRemoved, SampleRemovedHandler>()
        .Consumes<CustomerReplied, CustomerRepliedHandler>()
        .Consumes<AgentReplied, AgentRepliedHandler>()
        .Consumes<TicketResolved, TicketResolvedHandler>()
        .Migrates(from: "Translations/Migrations")
        .States("translations", "select inquiry_id as subject, outcome, times from translation")
        .Uses(AddTranslator);

    private static void AddTranslator(IServiceCollection services, IConfiguration configuration)
    {
        LibreTranslateOptions options = configuration.GetSection("TicketFlow:LibreTranslate").Get<LibreTranslateOptions>() ?? new LibreTranslateOptions();
        if (options.BaseAddress is null)
        {
            services.AddSingleton<ITranslator, OfflineTranslator>();
            return;
        }

        services.AddHttpClient("libretranslate");
        services.AddSingleton<ITranslator>(provider => new LibreTranslateTranslator(provider.GetRequiredService<IHttpClientFactory>().CreateClient("libretranslate"), options, provider.GetRequiredService<TimeProvider>()));
    }
}
