using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Accounts.Mail.Internal;

namespace SaaSFlows.Accounts.Mail;

/// <summary>Registers the outbox of mails and what sends them.</summary>
internal static class MailServices
{
    public static IServiceCollection AddMail(this IServiceCollection services, MailOptions mail)
    {
        services.AddSingleton(mail).AddSingleton<MailOutbox>().AddHostedService<MailDelivery>();
        return mail.Host is null ? services.AddSingleton<IMailSender, LogMailSender>() : services.AddSingleton<IMailSender, SmtpMailSender>();
    }
}
